/** What an origin such as S3 says of a request that it refuses. */
export interface OriginError {
  readonly code: string;
  readonly message: string;
}
