// A function that tells what it was given and does what the message asks for.
const work = {
  succeed: async () => undefined,
  throw: async () => {
    throw new TypeError("as asked");
  },
  hold: ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms)),
  exit: async () => process.exit(3),
};

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const handleRecords = async (records) => {
  const bodies = records.map((record) => JSON.parse(record.body));
  tell({ event: "given", pid: process.pid, at: Date.now(), bodies });
  const failures = [];
  for (const [at, body] of bodies.entries()) {
    if (body.do === "fail") failures.push({ itemIdentifier: records[at].messageId });
    else await work[body.do](body);
  }
  tell({ event: "finished", pid: process.pid, bodies });
  return { batchItemFailures: failures };
};

const handleRequest = (event) => ({
  statusCode: 202,
  headers: { "x-method": event.requestContext.http.method },
  cookies: ["a=1", "b=2"],
  body: Buffer.from(JSON.stringify(event)).toString("base64"),
  isBase64Encoded: true,
});

export const handler = async (event, context) => {
  if (event.Records) return await handleRecords(event.Records);
  if (event.requestContext) return handleRequest(event);
  if (event.do) return await work[event.do](event);
  tell({ event: "woken", given: event });
  process.stderr.write("not a JSON line\n");
  return {
    environment: Object.keys(process.env).toSorted(),
    cwd: process.cwd(),
    remaining: context.getRemainingTimeInMillis(),
    pid: process.pid,
  };
};
