import { type BundleFile, unpackBundle } from "../../shared/model/bundle.ts";
import type { CageAnswer, CageRequest, Room } from "../../shared/ports/cage.ts";

/**
 * The cage: lays a request's files into a fresh folder, runs one tool there, answers with what it printed. It is only ever invoked, reads no queue and
 * holds nothing worth stealing: what runs here was written by whoever can push to a repository.
 */
export const cageHandler =
  (room: Room) =>
  async (request: CageRequest): Promise<CageAnswer> => {
    const laid = filesOf(request);
    const escaping = [...laid.map(({ path }) => path), request.folder].find((path) => path !== "" && !isInside(path));
    if (escaping !== undefined) return { state: "refused", reason: `the path ${JSON.stringify(escaping)} leaves the work folder` };

    return room.withFolder(async (root) => {
      const work = `${root}/work`;
      if ((await room.lay(work, laid)) === "disk-full") return { state: "killed", limit: "disk" };
      const folder = request.folder === "" ? work : `${work}/${request.folder}`;
      const answer = await room.run({ tool: request.tool, arguments: request.arguments, folder, private: root, limits: request.limits });
      return answer.state === "failed" ? { ...answer, stderr: answer.stderr.replaceAll(`${work}/`, "").replaceAll(work, ".") } : answer;
    });
  };

const filesOf = ({ bundles, files }: CageRequest): readonly BundleFile[] => [
  ...bundles.flatMap(({ at, packed }) =>
    unpackBundle(packed).map((file) => ({ ...file, path: at === "" ? file.path : `${at}/${file.path}` })),
  ),
  ...files.map(({ path, text }) => ({ path, bytes: Buffer.from(text), executable: false })),
];

/** Our own fetch writes the bundles, and still: a path with `..` here would be somebody's way out. */
const isInside = (path: string): boolean =>
  !path.startsWith("/") && !path.includes("\0") && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
