import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { ValidationException } from './validation.exception';

/** Validates DTOs; what is wrong is answered with the codes that the DTOs' messages are. */
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

  /** A list would be validated element by element, and an empty one be a DTO without a fault. */
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const body = metadata.type === 'body' && Array.isArray(value) ? {} : value;
    return super.transform(body, metadata);
  }
}
