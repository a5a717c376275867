import { applyDecorators, HttpCode, Post } from '@nestjs/common';

/** A method that answers an operation of the X-Ray API: every one is a POST, answered with 200. */
export function Operation(path: string): MethodDecorator {
  return applyDecorators(Post(path), HttpCode(200));
}
