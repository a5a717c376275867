import { Controller, Get, Inject, Module, Param } from '@nestjs/common';
import { XrayModule } from 'nestjs-xray';
import { Orders } from './orders';

@Controller('orders')
class OrdersController {
  // esbuild emits no parameter types, so Nest needs @Inject().
  constructor(@Inject(Orders) private readonly orders: Orders) {}

  @Get(':id')
  find(@Param('id') id: string) {
    return this.orders.find(id);
  }
}

@Module({
  imports: [
    XrayModule.forRoot({
      serviceName: 'orders',
      // In a bundle, clients must be passed to captureAws() and capturePg(). This application uses none.
      capture: { aws: false, sql: false },
    }),
  ],
  controllers: [OrdersController],
  providers: [Orders],
})
export class OrdersModule {}
