import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module';
import { NotificationsClientModule } from '../notifications/notifications-client.module';
import { ActivitiesController } from './activities.controller';
import { ActivitiesRepository } from './activities.repository';
import { CreateActivity } from './create-activity.service';
import { CreateReply } from './create-reply.service';
import { HomeActivities } from './home-activities.service';
import { NotificationsActivities } from './notifications-activities.service';
import { SearchActivities } from './search-activities.service';
import { ShowActivity } from './show-activity.service';
import { UserActivities } from './user-activities.service';

/** The Activities API, with one service for each service of the bootcamp. */
@Module({
  imports: [DatabaseModule, NotificationsClientModule],
  controllers: [ActivitiesController],
  providers: [
    ActivitiesRepository,
    CreateActivity,
    CreateReply,
    HomeActivities,
    NotificationsActivities,
    SearchActivities,
    ShowActivity,
    UserActivities,
  ],
})
export class ActivitiesModule {}
