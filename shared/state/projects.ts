import * as z from "zod/mini";
import type { Json, JsonObject } from "../model/json.ts";
import type { Project } from "../model/project.ts";
import type { Table } from "../ports/table.ts";
import { keys, readItem } from "./items.ts";
import { itemsOf } from "./pages.ts";

/** An AppProject as the control repository declares it: written by the registry only. */
const ProjectItem = z.object({
  v: z.literal(1),
  sk: z.string(),
  description: z._default(z.string(), ""),
  spec: z.custom<JsonObject>((value) => typeof value === "object" && value !== null && !Array.isArray(value)),
});

export const readProjects = async (table: Table): Promise<ReadonlyMap<string, Project>> => {
  const projects = new Map<string, Project>();
  for await (const item of itemsOf(table, { pk: "projects" })) {
    const { sk, description, spec } = readItem(ProjectItem, item);
    projects.set(sk, { name: sk, description, spec });
  }
  return projects;
};

/** undefined: nobody has declared it (`default` exists all the same, without rules). */
export const readProject = async (table: Table, name: string): Promise<Project | undefined> => {
  const item = await table.get(keys.project(name));
  if (!item) return undefined;
  const { description, spec } = readItem(ProjectItem, item);
  return { name, description, spec };
};

export const writeProject = async (table: Table, { name, description, spec }: Project): Promise<void> => {
  const plain: Json = JSON.parse(JSON.stringify(spec));
  await table.put({ ...keys.project(name), v: 1, description, spec: plain });
};

export const deleteProject = async (table: Table, name: string): Promise<void> => {
  await table.delete(keys.project(name));
};
