import { HttpException, HttpStatus } from '@nestjs/common';

/**
 * Invalid input: the response is 422 with a plain list of codes, as in the bootcamp's services.
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
