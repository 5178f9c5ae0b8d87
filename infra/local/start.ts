import { startStack } from "./stack/start-stack.ts";

const stack = await startStack({
  folder: ".fairlead",
  onLine: (line) => console.log(JSON.stringify(line)),
  onStep: (step) => console.log(JSON.stringify(step)),
});
console.log(
  stack.remote,
  stack.webhook,
  stack.slack,
  stack.clusters.map(({ kubeconfig }) => kubeconfig),
);
process.on("SIGINT", () => void stack.stop().then(() => process.exit(0)));
