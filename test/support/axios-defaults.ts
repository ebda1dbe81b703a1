import { Agent } from 'node:http';
import { connect } from 'node:net';
import axios, { type AxiosResponse } from 'axios';
import { closeAfterTest } from './close-after-test.js';

/** Changes the defaults that all code of a process shares, for one test. */
export function changeAxiosDefaults(settings: object): void {
  const before = { ...axios.defaults };
  Object.assign(axios.defaults, settings);
  closeAfterTest(() => {
    for (const key of Object.keys(settings)) Reflect.deleteProperty(axios.defaults, key);
    Object.assign(axios.defaults, before);
  });
}

/** Creates an agent that connects to a port of loopback for every host, without TLS. */
export function createAgentTo(port: number): Agent {
  return Object.assign(new Agent(), { createConnection: () => connect(port, '127.0.0.1') });
}

/** The response of an adapter that sends nothing. */
export function createEmptyResponse(config: object): AxiosResponse {
  return { data: '{}', status: 200, statusText: 'OK', headers: {}, config } as AxiosResponse;
}
