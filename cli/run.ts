import { parseArgs } from "node:util";
import { Failure } from "../shared/model/failure.ts";
import { closest } from "../shared/model/field-problem.ts";
import { type Command, CommandError, type CommandWorld, type Given, type StackPlace, UsageError } from "./command.ts";
import { commands } from "./commands.ts";
import { commandHelp, generalHelp, usageOf } from "./help.ts";

export interface Said {
  readonly out: string;
  readonly error: string;
  /** 0 done, 1 it cannot be done or the answer is "no", 2 the command line is wrong. */
  readonly exitCode: number;
}

/** One run of the `fairlead` command. Expected trouble becomes a sentence; anything else is thrown. */
export const run = async (argv: readonly string[], world: CommandWorld): Promise<Said> => {
  const [first = "--help"] = argv;
  if (first === "--help" || first === "-h" || first === "help") return { out: generalHelp(), error: "", exitCode: 0 };
  const command = commands.find(({ name }) => name.split(" ").every((word, at) => argv[at] === word));
  if (!command) return { out: "", error: unknownCommand(argv), exitCode: 2 };
  try {
    const rest = argv.slice(command.name.split(" ").length);
    const { given, json, help, where } = read(command, rest);
    if (help) return { out: commandHelp(command), error: "", exitCode: 0 };
    const answer = await command.run(given, { ...world, stack: () => world.stack(where) });
    return { out: json ? JSON.stringify(answer.json, null, 2) : answer.text, error: "", exitCode: answer.exitCode ?? 0 };
  } catch (error) {
    if (error instanceof UsageError)
      return { out: "", error: `fairlead ${command.name}: ${error.message}\n${usageOf(command)}`, exitCode: 2 };
    if (error instanceof CommandError || error instanceof Failure) return { out: "", error: `fairlead: ${error.message}`, exitCode: 1 };
    throw error;
  }
};

interface Read {
  readonly given: Given;
  readonly json: boolean;
  readonly help: boolean;
  readonly where: StackPlace;
}

const common = {
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  folder: { type: "string" },
  deployed: { type: "string" },
  config: { type: "string" },
} as const;

const read = (command: Command, argv: readonly string[]): Read => {
  const options = { ...command.options, ...common };
  const { values, positionals } = parsed(() => parseArgs({ args: [...argv], options, allowPositionals: true, strict: true }));
  const wanted = command.parameters.split(" ").filter((word) => word !== "");
  const least = wanted.filter((word) => !word.startsWith("[")).length;
  const help = values.help === true;
  if (!help && positionals.length < least) throw new UsageError(`${wanted[positionals.length]} is missing`);
  if (!help && positionals.length > wanted.length) throw new UsageError(`${positionals[wanted.length]} is one word too many`);
  const optionOf = (name: string): unknown => Reflect.get(values, name);
  const text = (name: string): string | undefined => {
    const value = optionOf(name);
    return typeof value === "string" ? value : undefined;
  };
  return {
    given: {
      parameters: positionals,
      flag: (name) => optionOf(name) === true,
      text,
      texts: (name) => {
        const value = optionOf(name);
        return Array.isArray(value) ? value.map(String) : [];
      },
    },
    json: values.json === true,
    help,
    where: { folder: text("folder"), deployed: text("deployed"), config: text("config") },
  };
};

/** node's own words for unknown and incomplete options are good enough, without its advice on how to escape them. */
const parsed = <T>(parse: () => T): T => {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split(". ")[0] ?? error.message) : String(error));
  }
};

const unknownCommand = (argv: readonly string[]): string => {
  const words = argv.filter((word) => !word.startsWith("-"));
  const names = commands.map(({ name }) => name);
  const meant = closest(words.slice(0, 2).join(" "), names) ?? closest(words[0] ?? "", names);
  const hint = meant === undefined ? "fairlead --help lists them" : `did you mean fairlead ${meant}?`;
  return `fairlead: there is no command ${words.slice(0, 2).join(" ") || argv[0]}; ${hint}`;
};
