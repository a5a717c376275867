import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';

/** For containers and scripts that wait for Cruddur; not traced. */
@ApiTags('health')
@Controller('api/health-check')
export class HealthController {
  /** That the process answers. Says nothing of the database: an orchestrator must not restart us for that. */
  @Get()
  @ApiOkResponse({ description: '{ "success": true }' })
  check(): { success: true } {
    return { success: true };
  }
}
