import type { Installation } from "../../shared/config/schema.ts";
import { mayPush } from "../../shared/webhook/allowed.ts";

/** The interval of the connection that may speak for a repository; undefined where no connection has one of its own, so that the schedule decides. */
export const pollSecondsBy = ({ connections, intervals }: Installation): ((repository: string) => number | undefined) => {
  if (connections.every(({ pollSeconds }) => pollSeconds === undefined)) return () => undefined;
  return (repository) => {
    const speaks = connections.filter((connection) => mayPush(connection, repository));
    return Math.min(
      ...(speaks.length === 0 ? [intervals.pollSeconds] : speaks.map(({ pollSeconds }) => pollSeconds ?? intervals.pollSeconds)),
    );
  };
};
