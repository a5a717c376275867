import { Module } from '@nestjs/common';
import { GroupsModule } from '../groups/groups.module';
import { AccountController } from './account.controller';
import { ResourcePoliciesController } from './resource-policies.controller';
import { InsightsController } from './insights.controller';

@Module({
  imports: [GroupsModule],
  controllers: [AccountController, ResourcePoliciesController, InsightsController],
})
export class AccountModule {}
