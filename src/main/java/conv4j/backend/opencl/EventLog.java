package conv4j.backend.opencl;

import conv4j.backend.Profile;
import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_kernel;

/** Starts kernels with an event each, and adds the times between their starts and ends to a profile. */
final class EventLog implements KernelStep.Launch {

    private record Started(String name, cl_event event) {}

    private final Profile profile;
    private final List<Started> started = new ArrayList<>();

    EventLog(Profile profile) {
        this.profile = profile;
    }

    @Override
    public void start(cl_command_queue queue, String name, cl_kernel kernel, long[] global, long[] local) {
        cl_event event = new cl_event();
        CL.clEnqueueNDRangeKernel(queue, kernel, global.length, null, global, local, 0, null, event);
        started.add(new Started(name, event));
    }

    /** Adds the times of what was started, all of which has ended. */
    void collect() {
        for (Started one : started) {
            long begin = time(one.event(), CL.CL_PROFILING_COMMAND_START);
            profile.add(one.name(), time(one.event(), CL.CL_PROFILING_COMMAND_END) - begin);
            CL.clReleaseEvent(one.event());
        }
        started.clear();
    }

    /** Nanoseconds on the device's own clock. */
    private static long time(cl_event event, int what) {
        long[] time = new long[1];
        CL.clGetEventProfilingInfo(event, what, Sizeof.cl_ulong, Pointer.to(time), null);
        return time[0];
    }
}
