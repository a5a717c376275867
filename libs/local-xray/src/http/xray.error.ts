/** Names that AWS's clients turn into exceptions of their own, with the status of each. */
const STATUSES = {
  InvalidRequestException: 400,
  RuleLimitExceededException: 400,
  ThrottledException: 429,
  ResourceNotFoundException: 404,
  TooManyTagsException: 400,
  MalformedPolicyDocumentException: 400,
  LockoutPreventionException: 400,
  PolicyCountLimitExceededException: 400,
  PolicySizeLimitExceededException: 400,
  InvalidPolicyRevisionIdException: 400,
  UnknownOperationException: 404,
  AccessDeniedException: 403,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  ServiceUnavailableException: 503,
  InternalFailure: 500,
} as const;

export type XrayErrorName = keyof typeof STATUSES;

/** An error as the X-Ray API tells it. */
export class XrayError extends Error {
  readonly status: number;

  constructor(
    override readonly name: XrayErrorName,
    message: string,
    /** Further members of the answer's body. */
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
    this.status = STATUSES[name];
  }
}

/** By far the most frequent one. */
export function invalidRequest(message: string): XrayError {
  return new XrayError('InvalidRequestException', message);
}
