import { Injectable, ParseBoolPipe } from '@nestjs/common';
import { ValidationException } from '../errors/validation.exception';

/** Parses the query parameter `n_plus_one`: `1`, `0`, `true` or `false`; false if it is missing. */
@Injectable()
export class NPlusOnePipe extends ParseBoolPipe {
  constructor() {
    super({ exceptionFactory: () => new ValidationException(['n_plus_one_invalid']) });
  }

  protected override isTrue(value: string | boolean): boolean {
    return value === '1' || super.isTrue(value);
  }

  protected override isFalse(value: string | boolean | undefined): boolean {
    return value === undefined || value === '' || value === '0' || super.isFalse(value);
  }
}
