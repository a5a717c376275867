import 'reflect-metadata';
import { runLocalXray } from 'local-xray';

void runLocalXray(process.argv);
