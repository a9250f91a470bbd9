export interface InitFile {
  /** CI services read their files from the root of the repository only. */
  readonly in: 'folder' | 'repository';
  readonly path: string;
  readonly text: string;
}
