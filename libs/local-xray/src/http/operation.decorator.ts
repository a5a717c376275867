import { applyDecorators, HttpCode, Post } from '@nestjs/common';

/** Marks the handler of an X-Ray API operation: every operation is a POST with status 200. */
export function Operation(path: string): MethodDecorator {
  return applyDecorators(Post(path), HttpCode(200));
}
