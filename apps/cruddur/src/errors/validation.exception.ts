import { HttpException, HttpStatus } from '@nestjs/common';

/**
 * Input that cannot be used: answered with 422 and the bare list of codes, as the bootcamp's services do.
 *
 * @example new ValidationException(['blank_user_handle'])
 */
export class ValidationException extends HttpException {
  constructor(readonly codes: string[]) {
    super(codes, HttpStatus.UNPROCESSABLE_ENTITY);
  }

  override initMessage(): void {
    this.message = `The input was refused: ${(this.getResponse() as string[]).join(', ')}`;
  }
}
