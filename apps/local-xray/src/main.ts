import 'reflect-metadata';
import { runLocalXray } from '@nestjs-xray/local-xray';

void runLocalXray(process.argv);
