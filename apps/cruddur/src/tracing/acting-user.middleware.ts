import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { XrayService } from 'nestjs-xray';
import { actingUserOf } from '../activities/acting-user.decorator';

/** Sets the acting user on the segment, so that `user = "andrewbrown"` finds their requests. */
@Injectable()
export class ActingUserMiddleware implements NestMiddleware {
  constructor(private readonly xray: XrayService) {}

  use(request: Request, _response: Response, next: NextFunction): void {
    const user = actingUserOf(request);
    if (user !== '') this.xray.setUser(user);
    next();
  }
}
