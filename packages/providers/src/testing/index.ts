export {
  answerJson,
  openModelServer,
  type ModelHandler,
  type ModelServer,
  type ReceivedRequest,
} from './model-server.js';
