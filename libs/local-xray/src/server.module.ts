import { type DynamicModule, Module } from '@nestjs/common';
import { AccountModule } from './account/account.module';
import { ConsoleModule } from './console/console.module';
import { EngineModule } from './engine/engine.module';
import type { TraceStore } from './engine/trace-store';
import { GraphModule } from './graph/graph.module';
import { GroupsModule } from './groups/groups.module';
import type { ResolvedOptions } from './options/local-xray.options';
import { SamplingModule } from './sampling/sampling.module';
import { TagsModule } from './tags/tags.module';
import { TextsModule } from './texts/texts.module';
import { TracesModule } from './traces/traces.module';
import { TransportsModule } from './transports/transports.module';

/** The HTTP server, with a module per feature. The console is last: it serves all other paths. */
@Module({})
export class ServerModule {
  static with(options: ResolvedOptions, store: TraceStore): DynamicModule {
    return {
      module: ServerModule,
      imports: [
        EngineModule.with(options, store),
        TransportsModule,
        TracesModule,
        GraphModule,
        GroupsModule,
        SamplingModule,
        TagsModule,
        AccountModule,
        TextsModule,
        ConsoleModule,
      ],
    };
  }
}
