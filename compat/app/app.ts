import 'reflect-metadata';
import {
  Controller,
  ForbiddenException,
  Get,
  Injectable,
  Module,
  Param,
  UseGuards,
  type CanActivate,
  type DynamicModule,
} from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Annotation, Subsegment, XrayModule } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';

@Injectable()
export class Cart {
  @Subsegment()
  async load(@Annotation('cart') id: string): Promise<string> {
    return Promise.resolve(id.toUpperCase());
  }
}

/** Has no @Subsegment(): traced because its name matches `autoTrace`. */
@Injectable()
export class PriceService {
  async of(id: string): Promise<number> {
    return Promise.resolve(id.length);
  }
}

@Injectable()
class Refusing implements CanActivate {
  canActivate(): boolean {
    throw new ForbiddenException('the guard refuses');
  }
}

@Controller('carts')
export class CartController {
  constructor(
    private readonly cart: Cart,
    private readonly prices: PriceService,
  ) {}

  @Get('guarded')
  @UseGuards(Refusing)
  guarded(): string {
    return 'never';
  }

  @Get('broken')
  broken(): string {
    throw new Error('broken on purpose');
  }

  @Get(':id')
  async load(@Param('id') id: string): Promise<string> {
    await this.prices.of(id);
    return this.cart.load(id);
  }
}

@Controller()
export class MessageController {
  constructor(private readonly cart: Cart) {}

  @MessagePattern('load')
  load(@Payload() id: string): Promise<string> {
    return this.cart.load(id);
  }

  @MessagePattern('fail')
  fail(@Payload() _id: string): never {
    throw new Error('the message failed');
  }

  @EventPattern('noted')
  noted(@Payload() id: string): Promise<string> {
    return this.cart.load(id);
  }
}

@WebSocketGateway()
export class CartGateway {
  constructor(private readonly cart: Cart) {}

  @SubscribeMessage('load')
  async load(@MessageBody() id: string): Promise<{ event: string; data: string }> {
    return { event: 'loaded', data: await this.cart.load(id) };
  }

  @SubscribeMessage('fail')
  fail(@MessageBody() _id: string): never {
    throw new Error('the event failed');
  }
}

export const emitter = new MemoryEmitter();

/** The warnings that XrayModule logged. */
export const warnings: string[] = [];

@Module({})
export class AppModule {
  static with(more: DynamicModule['imports'] = []): DynamicModule {
    return {
      module: AppModule,
      imports: [
        XrayModule.forRoot({
          serviceName: 'shop',
          emitter,
          autoTrace: ({ type }) => type === PriceService,
          interceptor: process.env.INTERCEPTOR !== 'off',
          logger: { warn: (message) => void warnings.push(message) },
        }),
        ...more,
      ],
      controllers: [CartController, MessageController],
      providers: [Cart, PriceService, CartGateway],
    };
  }
}
