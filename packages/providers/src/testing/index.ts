export {
  answerJson,
  openModelServer,
  type ModelHandler,
  type ModelRequest,
  type ModelResponse,
  type ModelServer,
  type ReceivedRequest,
} from './model-server.js';
