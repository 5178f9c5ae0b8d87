import fc from "fast-check";
import type { Json, JsonObject } from "../../shared/model/json.ts";
import type { Manifest } from "../../shared/model/manifest.ts";

/** One value in two ways of writing it that mean the same to the server. */
interface Twice {
  readonly one: Json | undefined;
  readonly other: Json | undefined;
}
type Part = fc.Arbitrary<Twice>;

const same = <T extends Json>(values: fc.Arbitrary<T>): Part => values.map((value) => ({ one: value, other: value }));
const either = (...pairs: readonly (readonly [Json | undefined, Json | undefined])[]): Part =>
  fc.constantFrom(
    ...pairs.flatMap(([one, other]) => [
      { one, other },
      { one: other, other: one },
      { one, other: one },
    ]),
  );

/** The fields in another order the second time; those that are undefined are left out. */
const map = (parts: Readonly<Record<string, Part>>): Part =>
  fc.record(parts).map((fields) => {
    const written = Object.entries(fields);
    return {
      one: fieldsOf(written.map(([name, { one }]) => [name, one])),
      other: fieldsOf(written.toReversed().map(([name, { other }]) => [name, other])),
    };
  });
const fieldsOf = (fields: readonly (readonly [string, Json | undefined])[]): JsonObject =>
  Object.fromEntries(fields.filter(([, value]) => value !== undefined));

const list = (items: Part, constraints: fc.ArrayConstraints = {}): Part =>
  fc.array(items, { maxLength: 3, ...constraints }).map((all) => ({
    one: all.flatMap(({ one }) => (one === undefined ? [] : [one])),
    other: all.flatMap(({ other }) => (other === undefined ? [] : [other])),
  }));
/** Items told apart by what `key` finds in them. */
const keyed = (items: Part, key: (item: JsonObject) => Json | undefined, minLength = 0): Part =>
  fc
    .uniqueArray(items, { minLength, maxLength: 3, selector: ({ one }) => JSON.stringify(key(Object(one))) })
    .map((all) => ({ one: all.map(({ one }) => one ?? null), other: all.map(({ other }) => other ?? null) }));
const optional = (part: Part): Part => fc.option(part, { nil: { one: undefined, other: undefined } });

const name = fc.constantFrom("a", "b", "web", "side-1");
const word = fc.constantFrom("", "x", "true", "0644", "1e3", "grün\n");
const labels = same(
  fc.dictionary(fc.constantFrom("app", "tier", "example.org/part"), fc.constantFrom("a", "b-1", ""), { noNullPrototype: true }),
);
const cpu = either(["1000m", 1], ["0.5", "500m"], [0.1, "100m"], ["2", 2], ["2.50", "2500m"]);
const memory = either(["1024Mi", "1Gi"], ["0.5Gi", "512Mi"], [1048576, "1Mi"], ["1e9", "1G"], ["128974848", "123Mi"]);
const quantities = optional(map({ cpu: optional(cpu), memory: optional(memory) }));
const nothing = either([undefined, undefined], [undefined, null]);

const protocol = either([undefined, "TCP"], ["UDP", "UDP"]);
const port = same(fc.integer({ min: 1, max: 9 }));
const env = keyed(
  map({ name: same(fc.constantFrom("A", "B", "C")), value: either(["", ""], ["x", "x"], ["", undefined]) }),
  (item) => item.name,
);
const container = map({
  name: same(name),
  image: same(fc.constantFrom("registry.example/a", "registry.example/a:1", "registry.example/b")),
  imagePullPolicy: nothing,
  env: optional(env),
  ports: optional(keyed(map({ containerPort: port, protocol }), (item) => [item.containerPort ?? null, item.protocol ?? "TCP"])),
  resources: optional(map({ limits: optional(map({ memory })), requests: optional(map({ cpu: optional(cpu) })) })),
  args: optional(list(same(word))),
  securityContext: either(
    [undefined, undefined],
    [{}, {}],
    [
      { runAsUser: 1000, capabilities: { drop: ["ALL"] } },
      { capabilities: { drop: ["ALL"] }, runAsUser: 1000 },
    ],
  ),
});
const template = map({
  metadata: either([{ labels: { app: "x" } }, { creationTimestamp: null, labels: { app: "x" } }]),
  spec: map({
    containers: keyed(container, (item) => item.name, 1),
    nodeSelector: nothing,
    terminationGracePeriodSeconds: either([30, 30], [undefined, 30]),
    volumes: optional(
      keyed(map({ name: same(name), emptyDir: either([{}, {}], [{ sizeLimit: "1024Mi" }, { sizeLimit: "1Gi" }]) }), (item) => item.name),
    ),
  }),
});
const selector = either([{ matchLabels: { app: "x" } }, { matchLabels: { app: "x" } }]);

const servicePorts = keyed(
  map({ name: same(fc.constantFrom("p1", "p2", "p3")), port, protocol: either([undefined, "TCP"]) }),
  (item) => item.port,
  1,
).filter(
  ({ one }) => new Set(Array.isArray(one) ? one.map((item) => Object(item).name) : []).size === (Array.isArray(one) ? one.length : 0),
);

const kinds: Readonly<Record<string, { readonly apiVersion: string; readonly fields: Readonly<Record<string, Part>> }>> = {
  ConfigMap: {
    apiVersion: "v1",
    fields: { data: optional(same(fc.dictionary(name, word, { noNullPrototype: true }))), binaryData: nothing },
  },
  Secret: {
    apiVersion: "v1",
    fields: {
      type: either([undefined, "Opaque"]),
      stringData: optional(same(fc.dictionary(name, word, { noNullPrototype: true }))),
      data: either([undefined, {}], [{ b: "eA==" }, { b: "eA==" }]),
    },
  },
  Service: {
    apiVersion: "v1",
    fields: { spec: map({ ports: servicePorts, selector: labels, type: either([undefined, "ClusterIP"]), sessionAffinity: nothing }) },
  },
  Deployment: {
    apiVersion: "apps/v1",
    fields: {
      spec: map({
        replicas: same(fc.constant(0)),
        selector,
        template,
        strategy: either(
          [undefined, { type: "RollingUpdate" }],
          [{ rollingUpdate: { maxSurge: "25%" } }, { rollingUpdate: { maxSurge: "25%" } }],
        ),
      }),
      status: nothing,
    },
  },
  DaemonSet: { apiVersion: "apps/v1", fields: { spec: map({ selector, template, minReadySeconds: either([0, undefined]) }) } },
  HorizontalPodAutoscaler: {
    apiVersion: "autoscaling/v2",
    fields: {
      spec: map({
        scaleTargetRef: either([
          { kind: "Deployment", name: "none", apiVersion: "apps/v1" },
          { apiVersion: "apps/v1", kind: "Deployment", name: "none" },
        ]),
        minReplicas: either([undefined, 1]),
        maxReplicas: same(fc.integer({ min: 2, max: 5 })),
        metrics: list(
          map({
            type: same(fc.constant("Resource")),
            resource: map({
              name: same(fc.constant("memory")),
              target: map({ type: same(fc.constant("AverageValue")), averageValue: memory }),
            }),
          }),
          { minLength: 1 },
        ),
      }),
    },
  },
  NetworkPolicy: {
    apiVersion: "networking.k8s.io/v1",
    fields: {
      spec: map({
        podSelector: either([{}, {}], [{ matchLabels: { app: "x" } }, { matchLabels: { app: "x" } }]),
        policyTypes: optional(same(fc.constantFrom<string[]>(["Ingress"], ["Ingress", "Egress"]))),
        ingress: optional(
          list(
            map({
              ports: optional(list(map({ port, protocol }))),
              from: optional(list(map({ podSelector: map({ matchLabels: labels }) }))),
            }),
          ),
        ),
      }),
    },
  },
  Ingress: {
    apiVersion: "networking.k8s.io/v1",
    fields: {
      spec: map({
        rules: list(
          map({
            host: same(fc.constantFrom("a.example.org", "b.example.org")),
            http: map({
              paths: list(
                map({
                  path: same(fc.constantFrom("/", "/x")),
                  pathType: same(fc.constantFrom("Prefix", "Exact")),
                  backend: either([{ service: { name: "web", port: { number: 80 } } }, { service: { port: { number: 80 }, name: "web" } }]),
                }),
                { minLength: 1 },
              ),
            }),
          }),
          { minLength: 1 },
        ),
        tls: nothing,
      }),
    },
  },
  PersistentVolumeClaim: {
    apiVersion: "v1",
    fields: {
      spec: map({
        accessModes: same(fc.constant(["ReadWriteOnce"])),
        storageClassName: same(fc.constant("none")),
        resources: map({ requests: map({ storage: memory }) }),
        volumeMode: either([undefined, "Filesystem"]),
      }),
    },
  },
  LimitRange: {
    apiVersion: "v1",
    fields: { spec: map({ limits: list(map({ type: same(fc.constant("Pod")), max: quantities }), { minLength: 1 }) }) },
  },
};

/** Two manifests that mean the same, as two people would write one object. */
export interface Pair {
  readonly one: Manifest;
  readonly other: Manifest;
}

/** Objects without a name; their labels, too, are generated. */
export const pairs: fc.Arbitrary<Pair> = fc.constantFrom(...Object.entries(kinds)).chain(([kind, { apiVersion, fields }]) =>
  fc.tuple(map(fields), optional(labels), nothing).map(([body, about, annotations]): Pair => {
    const made = (side: "one" | "other"): Manifest => ({
      ...Object(body[side]),
      apiVersion,
      kind,
      metadata: {
        name: "",
        ...fieldsOf([
          ["labels", about[side]],
          ["annotations", annotations[side]],
        ]),
      },
    });
    return { one: made("one"), other: made("other") };
  }),
);
