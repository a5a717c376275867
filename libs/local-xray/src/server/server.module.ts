import { type DynamicModule, Module } from '@nestjs/common';
import { AccountController } from '../api/account.controller';
import { GraphController } from '../api/graph.controller';
import { Groups } from '../api/groups';
import { GroupsController } from '../api/groups.controller';
import { InsightsController } from '../api/insights.controller';
import { OtlpController } from '../api/otlp.controller';
import { ResourcePoliciesController } from '../api/resource-policies.controller';
import { SegmentsController } from '../api/segments.controller';
import { Tags } from '../api/tags';
import { TraceRetrievalController } from '../api/trace-retrieval.controller';
import { TraceSummaries } from '../api/trace-summaries';
import { TracesController } from '../api/traces.controller';
import { ConsoleController } from '../console/console.controller';
import { FilterCompletionController } from '../console/filter-completion.controller';
import { ConsoleEvents } from '../console/console-events';
import { StatusService } from '../console/status.service';
import type { ResolvedOptions } from '../local-xray.options';
import { SamplingController } from '../sampling/sampling.controller';
import { SamplingRules } from '../sampling/sampling-rules';
import { SamplingStatistics } from '../sampling/sampling-statistics';
import { SamplingTargets } from '../sampling/sampling-targets';
import { TraceStore } from '../store/trace-store';
import { ViewerController } from '../viewer/viewer.controller';
import { LOCAL_XRAY_OPTIONS } from './tokens';

/** The HTTP side. The viewer's controller comes last: it answers every GET that nobody else does. */
@Module({})
export class ServerModule {
  static with(options: ResolvedOptions, store: TraceStore): DynamicModule {
    return {
      module: ServerModule,
      controllers: [
        SegmentsController,
        OtlpController,
        TracesController,
        GraphController,
        GroupsController,
        SamplingController,
        AccountController,
        ResourcePoliciesController,
        InsightsController,
        TraceRetrievalController,
        ConsoleController,
        FilterCompletionController,
        ViewerController,
      ],
      providers: [
        { provide: LOCAL_XRAY_OPTIONS, useValue: options },
        { provide: TraceStore, useValue: store },
        Groups,
        TraceSummaries,
        Tags,
        SamplingRules,
        SamplingStatistics,
        SamplingTargets,
        StatusService,
        ConsoleEvents,
      ],
    };
  }
}
