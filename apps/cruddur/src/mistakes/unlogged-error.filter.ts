import { Catch, Injectable } from '@nestjs/common';
import { XrayService } from 'nestjs-xray';
import { JsonErrorFilter } from '../errors/json-error.filter';

/** Responds like the rest of Cruddur, but neither logs nor reports the deliberate mistakes. */
@Catch()
@Injectable()
export class UnloggedErrorFilter extends JsonErrorFilter {
  constructor(xray: XrayService) {
    super(xray);
  }

  protected override log(): void {}
}
