/** What fauxqs 2.4.1 has no option for. Called in its process, before it starts. */
import { existsSync } from "node:fs";
import { Server } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** It listens on all interfaces; rendered manifests must not be readable from the network. */
export const keepOnLoopback = (): void => {
  const listen = Server.prototype.listen;
  Server.prototype.listen = new Proxy(listen, {
    apply: (target, server, given: unknown[]) => {
      const [first, ...rest] = given;
      const where = typeof first === "object" && first !== null && "port" in first ? { ...first, host: "127.0.0.1" } : first;
      return Reflect.apply(target, server, [where, ...rest]);
    },
  });
};

/**
 * SQLite's default waits for the disk three times per message: four times as slow here, far more on a slow disk. Without it a power cut
 * may lose the last messages, which costs time and never correctness; an end of the process loses nothing.
 */
export const relaxSqlite = (): void => {
  const relaxed = new WeakSet<DatabaseSync>();
  const exec = DatabaseSync.prototype.exec;
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
    if (!relaxed.has(this)) {
      relaxed.add(this);
      exec.call(this, "PRAGMA synchronous = OFF");
    }
    exec.call(this, sql);
  };
};

/**
 * What was handed to a function before a restart is waiting again: no function outlives this machine, and its visibility timeout would hide
 * it for minutes.
 */
export const showHiddenMessages = (folder: string): void => {
  const file = join(folder, "fauxqs.db");
  if (!existsSync(file)) return;
  const database = new DatabaseSync(file);
  database.exec("UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL");
  database.close();
};
