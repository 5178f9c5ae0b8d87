import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { BlockList, isIP } from "node:net";
import { Failure } from "../../model/failure.ts";

/** Addresses that no cluster has, but metadata services and this machine's own services do. */
const refused = new BlockList();
refused.addSubnet("169.254.0.0", 16);
refused.addSubnet("0.0.0.0", 8);
refused.addSubnet("fe80::", 10, "ipv6");
refused.addAddress("::", "ipv6");
refused.addAddress("fd00:ec2::254", "ipv6");
// Alibaba's and Oracle's metadata services.
refused.addAddress("100.100.100.200");
refused.addAddress("192.0.0.192");

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

const forbiddenNames = /^(metadata|metadata\.google\.internal|instance-data(\.ec2\.internal)?)$/;
const loopbackNames = /^(.+\.)?(localhost|localdomain)$/;

/** Whether a cluster may be at this IP address. IPv4 in IPv6's clothes is judged as IPv4. */
export const addressAllowed = (address: string, allowLoopback: boolean): boolean => {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  return !refused.check(address, family) && (allowLoopback || !loopback.check(address, family));
};

/** A server's URL as a record gives it. Throws ConfigurationInvalid that says what is wrong with it. */
export const parseServer = (cluster: string, text: string, allowLoopback: boolean): URL => {
  const invalid = (why: string): Failure => new Failure("ConfigurationInvalid", cluster, `Cluster ${cluster}: server ${why}.`);
  if (!URL.canParse(text)) throw invalid("is not a URL; write https://host:port");
  const url = new URL(text);
  if (url.protocol !== "https:") throw invalid(`must begin with https://, not ${url.protocol}//`);
  if (url.username !== "" || url.password !== "")
    throw invalid("holds credentials; put them into the secret store and name them in credentials");
  if (url.search !== "" || url.hash !== "") throw invalid("has a query or fragment; write https://host:port");
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (forbiddenNames.test(host)) throw invalid(`names a metadata service (${host})`);
  if (!allowLoopback && loopbackNames.test(host))
    throw invalid(`is this machine (${host}); allowLoopback in the installation file permits that`);
  if (isIP(host) !== 0 && !addressAllowed(host, allowLoopback)) throw invalid(`is a link-local, loopback or metadata address (${host})`);
  return url;
};

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** The resolver for connections: a name that points to a forbidden address is refused when it is used, not only when it is registered. */
export const lookupAllowed =
  (allowLoopback: boolean) =>
  (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const forbidden = addresses.find(({ address }) => !addressAllowed(address, allowLoopback));
      if (forbidden) return callback(new Error(`${hostname} resolves to ${forbidden.address}, which is no address for a cluster`), []);
      const [first] = addresses;
      if (options.all) callback(null, addresses);
      else if (first) callback(null, first.address, first.family);
      else callback(new Error(`${hostname} has no address`), []);
    });
  };
