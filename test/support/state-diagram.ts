import { type State, states } from "../../shared/state/transitions/states.ts";
import { type Move, moves, waysOf } from "../../shared/state/transitions/table.ts";

/** Drawn as one box: most moves treat them alike. */
const resting: readonly State[] = ["idle", "succeeded", "settling", "held up", "retrying", "failed"];

/** Mermaid knows no blanks in names; the one that is nowhere is its beginning and its end. */
const boxOf = (state: State | "resting"): string => (state === "gone" ? "[*]" : state.replaceAll(" ", "_"));

interface Arrow {
  readonly from: State | "resting";
  readonly to: State | "resting";
  readonly move: string;
}

const everyMove = Object.keys(moves).filter((name): name is Move => name in moves);

/** Ways of one move, without those that lead nowhere else, and those of all resting states as one. */
const arrowsOf = (move: Move): readonly Arrow[] => {
  const ways = states.flatMap((from) =>
    waysOf(move, from)
      .filter((to) => to !== from)
      .map((to) => ({ from, to })),
  );
  const has = (from: State, to: State) => ways.some((way) => way.from === from && way.to === to);
  const leaving = states.filter((to) => !resting.includes(to) && resting.every((from) => has(from, to)));
  const coming = states.filter((from) => !resting.includes(from) && resting.every((to) => has(from, to)));
  const others = ways.filter(
    ({ from, to }) => !(resting.includes(from) && leaving.includes(to)) && !(resting.includes(to) && coming.includes(from)),
  );
  return [
    ...leaving.map((to) => ({ from: "resting" as const, to, move })),
    ...coming.map((from) => ({ from, to: "resting" as const, move })),
    ...others.map((way) => ({ ...way, move })),
  ];
};

/** The table of moves as mermaid draws it. */
export const stateDiagram = (): string => {
  const arrows = Map.groupBy(everyMove.flatMap(arrowsOf), ({ from, to }) => `  ${boxOf(from)} --> ${boxOf(to)}`);
  const lines = [...arrows].map(([arrow, all]) => `${arrow}: ${[...new Set(all.map(({ move }) => move))].join(", ")}`);
  const boxes = resting.map((state) => `    ${boxOf(state)}`);
  return ["stateDiagram-v2", "  state resting {", ...boxes, "  }", ...lines].join("\n");
};

/** Who makes which move. */
export const movers = (): readonly string[] => everyMove.map((move) => `- ${move}: ${moves[move].by.join(", ")}`);
