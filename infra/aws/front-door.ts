import { CfnOutput, type Stack } from "aws-cdk-lib";
import { CfnStage, HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Installation } from "../../shared/config/schema.ts";
import { connectionPath } from "../../shared/model/connection.ts";
import { functions } from "../topology.ts";

/** Requests a second, and how many may come at once. Git hosts send a burst of pushes at most. */
const limits = { connection: { rate: 50, burst: 100 }, unknown: { rate: 10, burst: 20 } } as const;

/**
 * An HTTP API before the webhook function. Each connection has a route, and so a throttle, of its own: a flood on one delays no other. What
 * names no connection goes to the function all the same, at a low rate: it answers as it does to a wrong signature.
 */
export const makeFrontDoor = (stack: Stack, webhook: LambdaFunction, { connections, apiWebhook }: Installation): void => {
  const api = new HttpApi(stack, "Webhooks", { description: "Fairlead: webhooks of Git hosts", createDefaultStage: false });
  const integration = new HttpLambdaIntegration("WebhookFunction", webhook);
  const [any = "", alias = ""] = functions.webhook.wokenBy.paths;
  const known = [
    ...connections.map((connection) => any.replace("{connection}", connectionPath(connection))),
    ...(apiWebhook === undefined ? [] : [alias]),
  ];
  const paths = [...known.map((path) => ({ path, ...limits.connection })), { path: any, ...limits.unknown }];
  const routes = paths.flatMap(({ path }) => api.addRoutes({ path, methods: [HttpMethod.POST], integration }));

  const stage = new CfnStage(stack, "WebhooksStage", {
    apiId: api.apiId,
    stageName: "$default",
    autoDeploy: true,
    defaultRouteSettings: { throttlingRateLimit: limits.unknown.rate, throttlingBurstLimit: limits.unknown.burst },
    routeSettings: Object.fromEntries(
      paths.map(({ path, rate, burst }) => [`POST ${path}`, { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst }]),
    ),
  });
  // Settings of a route that does not exist yet are refused.
  for (const route of routes) stage.node.addDependency(route);
  new CfnOutput(stack, "WebhookUrl", {
    value: `${api.apiEndpoint}/hooks/`,
    description: "Followed by a connection's name, and its suffix",
  });
};
