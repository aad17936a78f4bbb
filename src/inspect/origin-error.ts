/** The error message of an origin such as S3. */
export interface OriginError {
  readonly code: string;
  readonly message: string;
}
