import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { ValidationException } from './validation.exception';

/** Validates DTOs. The messages of the DTOs are the codes in the response. */
export class InputPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      stopAtFirstError: true,
      exceptionFactory: (errors) =>
        new ValidationException(
          errors.flatMap(({ constraints = {} }) => Object.values(constraints)),
        ),
    });
  }

  /** Rejects arrays: class-validator checks their elements, so an empty array would be valid. */
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const body = metadata.type === 'body' && Array.isArray(value) ? {} : value;
    return super.transform(body, metadata);
  }
}
