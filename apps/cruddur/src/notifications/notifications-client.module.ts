import { Module } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { CRUDDUR_CONFIG, type CruddurConfig } from '../cruddur.config';
import { NOTIFICATIONS_CLIENT, Notifier } from './notifier';

/** Cruddur's client of the notifications service. It connects with the first message. */
@Module({
  imports: [
    ClientsModule.registerAsync([
      {
        name: NOTIFICATIONS_CLIENT,
        inject: [CRUDDUR_CONFIG],
        useFactory: ({ notifications }: CruddurConfig) => ({
          transport: Transport.TCP as const,
          options: notifications,
        }),
      },
    ]),
  ],
  providers: [Notifier],
  exports: [Notifier],
})
export class NotificationsClientModule {}
