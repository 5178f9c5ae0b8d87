/** The connection or the stream broke, or nothing came in time: nobody knows whether the server acted. */
export class ConnectionBroken extends Error {}
