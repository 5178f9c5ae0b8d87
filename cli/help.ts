import type { Command, Option } from "./command.ts";
import { commands } from "./commands.ts";
import { columns } from "./layout.ts";

const common: readonly (readonly [string, string])[] = [
  ["--folder DIR", "the folder that npm start was given with --folder"],
  ["--deployed FILE", "a deployed stack, by what npx cdk deploy --outputs-file FILE wrote"],
  ["--config FILE", "the installation file that it was deployed with (fairlead.yaml)"],
  ["--json", "print JSON for programs"],
  ["--help", "show this help"],
];

export const generalHelp = (): string =>
  [
    "GitOps for fleets of Kubernetes clusters without servers.",
    "",
    "Usage: fairlead COMMAND",
    "",
    columns(commands.map(({ name, parameters, summary }) => [`  ${name} ${parameters}`, summary])),
    "",
    columns(common.map(([flag, about]) => [`  ${flag}`, about])),
    "",
    "It speaks to the stack that npm start runs in this folder or above it, or to a deployed one. fairlead COMMAND --help says more.",
  ].join("\n");

export const usageOf = ({ name, parameters }: Command): string => `Usage: fairlead ${name} ${parameters} [OPTIONS]`;

export const commandHelp = (command: Command): string => {
  const options = Object.entries(command.options).map(([name, option]) => [`  ${flagOf(name, option)}`, option.about]);
  return [
    `${command.summary}.`,
    ...(command.details === undefined ? [] : [command.details]),
    "",
    usageOf(command),
    "",
    columns([...options, ...common.map(([flag, about]) => [`  ${flag}`, about])]),
  ].join("\n");
};

const flagOf = (name: string, { type, short }: Option): string =>
  `${short === undefined ? "" : `-${short}, `}--${name}${type === "string" ? ` ${name.toUpperCase()}` : ""}`;
