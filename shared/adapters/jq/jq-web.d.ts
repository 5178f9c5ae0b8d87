declare module "jq-web" {
  export interface JqWeb {
    /** Standard output, without the last newline; undefined when there is none. Throws with jq's own words on any other exit code than 0. */
    raw(json: string, filter: string, flags?: readonly string[]): string | undefined;
  }
}

/** Node has it; its types name it without values. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  const Memory: { readonly prototype: Memory };
}
