import { Subsegment } from 'nestjs-xray';
import { trace } from 'nestjs-xray/testing';

class Floating {
  @Subsegment()
  async owned(): Promise<void> {
    throw new Error('of an async method');
  }

  @Subsegment()
  held(promise: Promise<void>): Promise<void> {
    return promise;
  }
}

process.on('unhandledRejection', (thrown) => console.log((thrown as Error).message));
trace(() => {
  void new Floating().owned();
  void new Floating().held(Promise.reject(new Error('of a promise that others may hold')));
});
