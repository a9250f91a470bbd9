/** What an own step type is called, and what is written of it. */

/** A file, by its path below the folder that the type is written into. */
export interface TypeFile {
  readonly path: string;
  readonly text: string;
}

export interface TypeNames {
  /** Of its folder or file: `dns-record`. */
  readonly name: string;
  /** In the runbook: `dns.record`. */
  readonly type: string;
  /** In code: `dnsRecord`. */
  readonly code: string;
}
