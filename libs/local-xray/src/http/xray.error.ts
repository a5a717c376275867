/** Error names for which AWS's clients have exception classes, with the status of each. */
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

/** An error in the format of the X-Ray API. */
export class XrayError extends Error {
  readonly status: number;

  constructor(
    override readonly name: XrayErrorName,
    message: string,
    /** Further members of the response body. */
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
    this.status = STATUSES[name];
  }
}

/** Creates an InvalidRequestException, the most frequent error. */
export function invalidRequest(message: string): XrayError {
  return new XrayError('InvalidRequestException', message);
}
