import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiServiceUnavailableResponse,
  ApiTags,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import { Subsegment } from 'nestjs-xray';
import { ACTING_USER_HEADER, ActingUser } from './acting-user.decorator';
import {
  ActivityDto,
  ActivityPathDto,
  CreateActivityDto,
  CreateReplyDto,
  NotificationDto,
  ReplyDto,
  SearchDto,
} from './activity.dto';
import { CreateActivity } from './create-activity.service';
import { CreateReply } from './create-reply.service';
import { HomeActivities } from './home-activities.service';
import { NPlusOnePipe } from './n-plus-one.pipe';
import { NotificationsActivities } from './notifications-activities.service';
import { RequestSummaryOf, type RequestSummary } from './request-summary.decorator';
import { SearchActivities } from './search-activities.service';
import { ShowActivity } from './show-activity.service';
import { UserActivities } from './user-activities.service';

/** The bootcamp's routes. `POST` responds with 200, not 201, because the bootcamp's page expects 200. */
@ApiTags('activities')
@ApiHeader({ name: ACTING_USER_HEADER, required: false, description: 'Who acts: a handle.' })
@ApiServiceUnavailableResponse({ description: 'The database or the notifications are away.' })
@Controller('api/activities')
export class ActivitiesController {
  constructor(
    private readonly homeActivities: HomeActivities,
    private readonly notificationsActivities: NotificationsActivities,
    private readonly searchActivities: SearchActivities,
    private readonly userActivities: UserActivities,
    private readonly showActivity: ShowActivity,
    private readonly createActivity: CreateActivity,
    private readonly createReply: CreateReply,
  ) {}

  @Get('home')
  @ApiOperation({ summary: 'The feed' })
  @ApiQuery({
    name: 'n_plus_one',
    required: false,
    description: '1: a query for the replies of each activity, as a bad example to trace.',
  })
  @ApiOkResponse({ type: [ActivityDto] })
  home(@Query('n_plus_one', NPlusOnePipe) nPlusOne: boolean): Promise<ActivityDto[]> {
    return this.homeActivities.run(nPlusOne);
  }

  @Get('notifications')
  @ApiOperation({ summary: 'Replies to the acting user, and mentions' })
  @ApiOkResponse({ type: [NotificationDto] })
  notifications(@ActingUser() handle: string): Promise<NotificationDto[]> {
    return this.notificationsActivities.run(handle);
  }

  @Get('search')
  @ApiOperation({ summary: 'Activities and replies that contain a text' })
  @ApiOkResponse({ type: [ActivityDto] })
  @ApiUnprocessableEntityResponse({ description: 'Codes, like ["search_term_blank"].' })
  search(@Query() { term }: SearchDto): Promise<ActivityDto[]> {
    return this.searchActivities.run(term);
  }

  /** The second path is for a blank handle, which `:handle` does not match. */
  @Get(['@:handle', '@'])
  @ApiOperation({ summary: 'What one user wrote', operationId: 'ActivitiesController_user' })
  @ApiParam({ name: 'handle', type: String, example: 'andrewbrown' })
  @ApiOkResponse({ type: [ActivityDto] })
  @ApiNotFoundResponse({ description: 'Nobody has that handle.' })
  @ApiUnprocessableEntityResponse({ description: '["blank_user_handle"]' })
  @Subsegment('user_activities')
  user(
    @RequestSummaryOf() request: RequestSummary,
    @Param('handle') handle = '',
  ): Promise<ActivityDto[]> {
    return this.userActivities.run(handle, request.method, request.url);
  }

  @Get(':uuid')
  @ApiOperation({ summary: 'One activity with its replies' })
  @ApiOkResponse({ type: ActivityDto })
  @ApiNotFoundResponse({ description: 'There is no such activity, or it has expired.' })
  @ApiUnprocessableEntityResponse({ description: '["activity_uuid_invalid"]' })
  show(@Param() { uuid }: ActivityPathDto): Promise<ActivityDto> {
    return this.showActivity.run(uuid);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Write a crud' })
  @ApiBody({ type: CreateActivityDto })
  @ApiOkResponse({ type: ActivityDto })
  @ApiUnprocessableEntityResponse({ description: 'Codes, like ["message_blank", "ttl_blank"].' })
  create(
    @Body() { message, ttl }: CreateActivityDto,
    @ActingUser() handle: string,
  ): Promise<ActivityDto> {
    return this.createActivity.run(message, handle, ttl);
  }

  @Post(':uuid/reply')
  @HttpCode(200)
  @ApiOperation({ summary: 'Answer a crud' })
  @ApiBody({ type: CreateReplyDto })
  @ApiOkResponse({ type: ReplyDto })
  @ApiNotFoundResponse({ description: 'There is no such activity, or it has expired.' })
  @ApiUnprocessableEntityResponse({ description: 'Codes, like ["message_exceed_max_chars"].' })
  reply(
    @Param() { uuid }: ActivityPathDto,
    @Body() { message }: CreateReplyDto,
    @ActingUser() handle: string,
  ): Promise<ReplyDto> {
    return this.createReply.run(message, handle, uuid);
  }
}
