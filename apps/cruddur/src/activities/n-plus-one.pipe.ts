import { Injectable, ParseBoolPipe } from '@nestjs/common';
import { ValidationException } from '../errors/validation.exception';

/** Reads the query `n_plus_one`: `1` and `0` besides `true` and `false`; without it, false. */
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
