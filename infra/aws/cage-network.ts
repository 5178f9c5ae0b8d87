import { Fn, type Stack } from "aws-cdk-lib";
import { CfnRouteTable, CfnSecurityGroup, CfnSubnet, CfnSubnetRouteTableAssociation, CfnVPC, CfnVPCEndpoint } from "aws-cdk-lib/aws-ec2";
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";

export interface CageNetwork {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/** Lambda spreads a function over these. */
const subnets = [
  { zone: 0, cidr: "10.0.0.0/24" },
  { zone: 1, cidr: "10.0.1.0/24" },
] as const;

/** A network that ends at the artifact store: its only route is the S3 gateway endpoint, and that lets only the cage's folders of our bucket through. */
export const makeCageNetwork = (stack: Stack, bucket: Bucket): CageNetwork => {
  const vpc = new CfnVPC(stack, "CageNetwork", { cidrBlock: "10.0.0.0/16", enableDnsSupport: true, enableDnsHostnames: true });
  const routes = new CfnRouteTable(stack, "CageRoutes", { vpcId: vpc.ref });
  const subnetIds = subnets.map(({ zone, cidr }) => {
    const availabilityZone = Fn.select(zone, Fn.getAzs());
    const subnet = new CfnSubnet(stack, `CageSubnet${zone}`, { vpcId: vpc.ref, cidrBlock: cidr, availabilityZone });
    new CfnSubnetRouteTableAssociation(stack, `CageSubnet${zone}Routes`, { subnetId: subnet.ref, routeTableId: routes.ref });
    return subnet.ref;
  });
  const policyDocument = new PolicyDocument({
    statements: [
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new AnyPrincipal()],
        actions: ["s3:GetObject", "s3:PutObject"],
        resources: ["bundles", "inputs", "cage"].map((folder) => bucket.arnForObjects(`${folder}/*`)),
      }),
    ],
  });
  new CfnVPCEndpoint(stack, "CageStore", {
    vpcId: vpc.ref,
    serviceName: `com.amazonaws.${stack.region}.s3`,
    vpcEndpointType: "Gateway",
    routeTableIds: [routes.ref],
    policyDocument,
  });
  const wall = new CfnSecurityGroup(stack, "CageWall", {
    vpcId: vpc.ref,
    groupDescription: "The cage: to the artifact store only",
    // S3's addresses differ from region to region; there is no route to any other.
    securityGroupEgress: [
      { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIp: "0.0.0.0/0", description: "S3 by the gateway endpoint" },
    ],
  });
  return { subnetIds, securityGroupIds: [wall.attrGroupId] };
};
