import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localTools } from "../../infra/local/tools.ts";
import { parseRange, parseVersion } from "../../shared/model/version-range.ts";

const ranges =
  `* 1 1.* 1.x x 1.2 1.2.x v1.2.3 =1.2.3 !=1.2.3 !=1.2 >1 >1.2 >1.2.3 >=1 >=1.2 <1 <2 <=1 <=1.2 <=1.2.3 ~1 ~1.2 ~1.2.3 ~>1.2 ^1 ^1.2.3
^0.2.3 ^0.2 ^0.0.3 ^0.0 ^0 *-0 ^1-0 ^1.2.0-0 >1.2.3-alpha ~1.2.3-beta =1.2.3-alpha <1.2.3-beta =>1.2 =<1.2 1.2.3+build ~2-0 1.2.x-0 >1-0 main 1.2.3.4`
    .split(/\s+/)
    .concat([
      ">=1.0.0 <2",
      ">=1.0.0-0 <2",
      "1.2 - 1.4",
      "1.2.3 - 2.3",
      ">1 || =0.9.0",
      ">=1.2,<1.4",
      ">= 1.2 , < 1.4",
      "^1.2.3 || ^2-0",
      "= 1.2.3",
      " ",
    ]);

const versions =
  `0.0.0 0.0.3 0.0.4 0.1.0 0.2.3 0.2.9 0.3.0 0.9.0 1.0.0-alpha 1.0.0 1.2.0 1.2.3-alpha 1.2.3-beta 1.2.3-beta.2 1.2.3-beta.11 1.2.3 v1.2.3
1.2.4-rc1 1.2.4 1.3.0 1.4.0 1.4.5 2.0.0-0 2.0.0-rc.1 2.0.0 2.3.0 2.3.9 2.4.0 3.0.0 1.2 2024.03-LTS 1.2.3+b`.split(/\s+/);

/** Helm has the very library that it and Argo CD compare versions with; their docs call its function `semverCompare`. */
describe("version ranges, compared with Helm's own", () => {
  let chart: string;
  let helm: string;

  beforeAll(async () => {
    helm = (await localTools()).helm;
    chart = await mkdtemp(join(tmpdir(), "ranges-"));
    await mkdir(join(chart, "templates"));
    await writeFile(join(chart, "Chart.yaml"), "apiVersion: v2\nname: ranges\nversion: 1.0.0\n");
  });

  afterAll(() => rm(chart, { recursive: true, force: true }));

  it.each(ranges)("%j", async (range) => {
    const rows = versions.map((version) => `"${version}": {{ semverCompare ${JSON.stringify(range)} "${version}" }}`);
    await writeFile(join(chart, "templates", "all.yaml"), `${rows.join("\n")}\n`);
    const rendered = await promisify(execFile)(helm, ["template", "x", chart], { env: {} }).catch(() => undefined);
    const theirs = rendered && versions.filter((version) => rendered.stdout.includes(`"${version}": true`));
    const inRange = parseRange(range);
    const ours = inRange && versions.filter((version) => inRange(parseVersion(version) ?? { major: -1, minor: 0, patch: 0, pre: [] }));
    expect(ours).toEqual(theirs);
  });
});
