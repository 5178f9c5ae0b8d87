import type { Key } from "../../../shared/ports/table.ts";
import { isBareFence } from "../../support/bare-fence.ts";
import { namesOfApplications, namesOfRepositories } from "../doings.ts";
import type { Report } from "../invariant.ts";
import { controlName, controlRepository } from "../plan.ts";
import type { World } from "../world.ts";

/** Nobody is left at work, and everything that was wished for has been seen. */
export const checkApplications = (world: World, report: Report): void => {
  const { store, repositories } = world;
  const items = [...store.items()];
  for (const name of namesOfApplications(world.plan)) {
    const state = store.read({ pk: `app#${name}`, sk: "state" });
    if (repositories.isWithdrawn(name)) {
      const left = items.filter((item) => tellsOf(item, name) && !isBareFence(item)).map(({ sk }) => sk);
      if (left.length > 0)
        report("a withdrawn Application is forgotten", `of ${name} there is still ${left.join(", ")}: ${JSON.stringify(state)}`);
      continue;
    }
    if (state === undefined) {
      report("nothing is lost", `Application ${name} has no state`);
      continue;
    }
    checkDeclaration(world, name, report);
    const open = [
      ...(state.owner === undefined ? [] : [`is held by ${state.owner}`]),
      ...(state.desiredGeneration === state.observedGeneration
        ? []
        : [`generation ${state.desiredGeneration} is wished for, ${state.observedGeneration} seen`]),
      ...(state.phase === "Succeeded" ? [] : [`its operation is ${state.phase}`]),
      ...(state.input === state.syncedInput ? [] : ["what is synced is not what Git wants"]),
      ...(isContested(world, name) || state.syncStatus === "Synced" || isLeftDrifted(world, name) ? [] : [`it is ${state.syncStatus}`]),
    ];
    if (open.length > 0) report("everything comes to its end", `${name} ${open.join(", ")}: ${JSON.stringify(state)}`);
  }
  for (const repository of namesOfRepositories(world.plan)) checkRef(world, repository, report);
};

/** As Git declares it, and nowhere else. */
const checkDeclaration = ({ store, repositories, plan }: World, name: string, report: Report): void => {
  if (name === controlName || !plan.control) return;
  const spec = store.read({ pk: `app#${name}`, sk: "spec" });
  if (!JSON.stringify(spec).includes(`"targetRevision":"${repositories.revisionOf(name)}"`))
    report("what Git declares stands", `${name} is declared at ${repositories.revisionOf(name)}, and stands as ${JSON.stringify(spec)}`);
  const edges = [...store.items()].filter(({ sk }) => sk.startsWith("edge#") && sk.endsWith(`#${name}`));
  if (edges.length !== 1) report("what Git declares stands", `${name} stands in ${edges.map(({ sk }) => sk).join(", ") || "no group"}`);
};

/** Under its name, or in the lists of all, of its cluster and of its repositories. */
const tellsOf = ({ pk, sk }: Key, name: string): boolean =>
  pk === `app#${name}` || (pk === "apps" && sk === name) || sk === `app#${name}` || (sk.startsWith("edge#") && sk.endsWith(`#${name}`));

const checkRef = ({ store, repositories, plan }: World, repository: string, report: Report): void => {
  const pk = `repo#${repository.replace("https://", "").replace(/\.git$/, "")}`;
  const ref = store.read({ pk, sk: "ref#refs/heads/main" });
  const isFollowed =
    repository === controlRepository ||
    plan.applications.some((each) => each.repository === repository && !repositories.isWithdrawn(each.name));
  if (ref === undefined || !isFollowed) return;
  const { wanted = 0, done = 0 } = ref;
  if (wanted !== done) report("each acknowledged push is fetched", `${repository} has ${wanted} pushes, ${done} done`);
  if (ref.head !== undefined && ref.head !== repositories.headOf(repository))
    report("each acknowledged push is fetched", `${repository} was fetched at ${ref.head}, its head is ${repositories.headOf(repository)}`);
};

/** Two Applications claim one object: the one that does not have it says so. */
const isContested = ({ plan }: World, name: string): boolean =>
  plan.applications.some((each) => each.name === name && each.objects.some((object) => object.name === "shared"));

/** What people change by hand stays where nothing heals it. */
const isLeftDrifted = ({ plan }: World, name: string): boolean =>
  name === controlName || plan.applications.some((each) => each.name === name && !each.selfHeal);
