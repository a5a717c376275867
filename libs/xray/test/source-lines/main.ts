import { writeFileSync } from 'node:fs';
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { XrayModule, XrayService } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { Basket, Box, Cart, counted, Looped, makeLocal, Plain, Shelf } from './cart';
import { markWith } from './mark';

/* Prints [what the method says it is, where it is recorded to be] for each method that was called. */

async function main(): Promise<void> {
  const emitter = new MemoryEmitter();
  @Module({ imports: [XrayModule.forRoot({ serviceName: 'lines', emitter, source: true })] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const xray = app.get(XrayService);
  markWith(xray);
  await xray.captureSegment('all', async () => {
    new Plain().first();
    Plain.first();
    for await (const _ of new Plain().second2()) void _;
    const cart = new Cart();
    await cart.total();
    cart.find('1');
    cart.bySymbol();
    await new Basket().total();
    const shelf = new Shelf();
    shelf.own();
    shelf.amount();
    shelf.count();
    new (makeLocal())().count();
    const box = new Box();
    box.pack();
    box.open();
    new (counted(Object))().count();
    new (counted(Date as never))().count();
    const looped = new Looped();
    looped.one!();
    looped.two!();
  });
  await app.close();
  const found = (emitter.documents[0]?.subsegments ?? []).map(({ name, metadata }) => [
    metadata?.default?.mark ?? name,
    (metadata?.nest as { source?: string } | undefined)?.source ?? null,
  ]);
  // Test runners print other text too.
  writeFileSync(process.env.FOUND ?? 1, JSON.stringify(found));
}

export const done = main();
