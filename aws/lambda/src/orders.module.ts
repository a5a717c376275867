import { Controller, Get, Inject, Module, Param } from '@nestjs/common';
import { XrayModule } from 'nestjs-xray';
import { Orders } from './orders';

@Controller('orders')
class OrdersController {
  // esbuild writes no types of parameters: Nest has to be told by @Inject().
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
      // In a bundle, clients have to be handed over, by captureAws() and capturePg(). Here are none.
      capture: { aws: false, sql: false },
    }),
  ],
  controllers: [OrdersController],
  providers: [Orders],
})
export class OrdersModule {}
