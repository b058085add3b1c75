package io.weir.ipsec.transport;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.AbstractEventExecutor;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;

/**
 * A Netty event loop without a thread: whoever calls is in the loop. Netty's ManualIoEventLoop is bound to its first thread for ever, but
 * a transport is opened and closed by another thread than the worker that uses it.
 *
 * <p>Threading: one thread at a time, as the transport.
 */
final class WorkerEventLoop extends AbstractEventExecutor implements IoEventLoop {
    private final IoHandler handler;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final Promise<?> termination = new DefaultPromise<>(ImmediateEventExecutor.INSTANCE);

    WorkerEventLoop(IoHandlerFactory factory) {
        handler = factory.newHandler(this);
        handler.initialize();
    }

    /** Does what is ready, without waiting. */
    void runNow() {
        handler.run(IoUringIo.NeverWaiting.INSTANCE);
        runTasks();
    }

    private void runTasks() {
        Runnable task = tasks.poll();
        while (task != null) {
            task.run();
            task = tasks.poll();
        }
    }

    /** Ends the loop and what is registered at it. */
    void destroy() {
        runTasks();
        handler.prepareToDestroy();
        runTasks();
        handler.destroy();
        termination.setSuccess(null);
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return true;
    }

    @Override
    public void execute(Runnable command) {
        tasks.add(command);
    }

    @Override
    public Future<IoRegistration> register(IoHandle handle) {
        try {
            return newSucceededFuture(handler.register(handle));
        } catch (Exception e) {
            return newFailedFuture(e);
        }
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return handler.isCompatible(handleType);
    }

    @Override
    public boolean isIoType(Class<? extends IoHandler> handlerType) {
        return handler.getClass().equals(handlerType);
    }

    @Override
    @Deprecated
    public ChannelFuture register(Channel channel) {
        return register(new DefaultChannelPromise(channel, this));
    }

    @Override
    @Deprecated
    public ChannelFuture register(ChannelPromise promise) {
        promise.channel().unsafe().register(this, promise);
        return promise;
    }

    @Override
    @Deprecated
    public ChannelFuture register(Channel channel, ChannelPromise promise) {
        channel.unsafe().register(this, promise);
        return promise;
    }

    @Override
    public IoEventLoop next() {
        return this;
    }

    @Override
    public @Nullable IoEventLoopGroup parent() {
        return null;
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        return termination; // destroy() ends it
    }

    @Override
    public Future<?> terminationFuture() {
        return termination;
    }

    @Override
    @Deprecated
    public void shutdown() {}

    @Override
    public boolean isShuttingDown() {
        return termination.isDone();
    }

    @Override
    public boolean isShutdown() {
        return termination.isDone();
    }

    @Override
    public boolean isTerminated() {
        return termination.isDone();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return termination.isDone();
    }
}
