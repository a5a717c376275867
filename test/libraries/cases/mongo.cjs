const { MongoDBInstrumentation } = require('@opentelemetry/instrumentation-mongodb');
const { MongooseInstrumentation } = require('@opentelemetry/instrumentation-mongoose');

exports.mongodb = {
  turnOn: ['MongoDBInstrumentation', '@opentelemetry/instrumentation-mongodb'],
  instrumentation: () => new MongoDBInstrumentation(),
  async open({ mongodb }) {
    const { MongoClient } = require('mongodb');
    const client = new MongoClient(`mongodb://127.0.0.1:${mongodb}`, { maxPoolSize: 3 });
    const tags = client.db('shop').collection('tags');
    return {
      async run(tag) {
        await tags.insertOne({ tag });
        return (await tags.findOne({ tag })).tag;
      },
      fail: () =>
        client
          .db('shop')
          .command({ nonsense: 1 })
          .catch(({ message }) => message),
      close: () => client.close(),
    };
  },
  expects: ['shop@127.0.0.1 [remote] insert tags', 'shop@127.0.0.1 [remote] find tags'],
};

exports.mongoose = {
  how: '`new MongooseInstrumentation({ suppressInternalInstrumentation: true })` of `@opentelemetry/instrumentation-mongoose`; or that of `mongodb` alone, which shows the queries',
  // Else the driver's instrumentation records each call a second time.
  instrumentation: () => new MongooseInstrumentation({ suppressInternalInstrumentation: true }),
  async open({ mongodb }) {
    const mongoose = require('mongoose');
    const url = `mongodb://127.0.0.1:${mongodb}/shop`;
    const connection = await mongoose.createConnection(url, { maxPoolSize: 3 }).asPromise();
    const Label = connection.model('Label', new mongoose.Schema({ tag: String }));
    return {
      async run(tag) {
        await new Label({ tag }).save();
        return (await Label.findOne({ tag })).tag;
      },
      close: () => connection.close(),
    };
  },
  expects: ['shop@127.0.0.1 [remote] save labels', 'shop@127.0.0.1 [remote] findOne labels'],
};
